/** The commands: parse, call, print; no logic. */
@NullMarked
package dev.torii.cli.command;

import org.jspecify.annotations.NullMarked;
