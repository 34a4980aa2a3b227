/** The house's dependency rule, checked in the compiled classes. */
@NullMarked
package dev.torii.cli.rules;

import org.jspecify.annotations.NullMarked;
