/** The root of the program: command line, configuration, daemon. It alone knows all four leaves. */
@NullMarked
package dev.torii.cli;

import org.jspecify.annotations.NullMarked;
