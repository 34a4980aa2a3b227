/** Entry points for the fuzzer, one class each; CorpusTest runs what it has kept without it. */
@NullMarked
package dev.torii.ike.fuzz;

import org.jspecify.annotations.NullMarked;
