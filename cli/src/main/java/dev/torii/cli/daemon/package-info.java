/** The running daemon: drivers that execute the effects of the leaves' machines, and what they share. */
@NullMarked
package dev.torii.cli.daemon;

import org.jspecify.annotations.NullMarked;
