/** The lab: the article's network in namespaces, Torii in the middle, the article's checks. No other package knows of it. */
@NullMarked
package dev.torii.cli.lab;

import org.jspecify.annotations.NullMarked;
