/** The lab: the article's network in network namespaces, Torii in the middle, the article's checks. Nothing else in the tree knows of it. */
@NullMarked
package dev.torii.cli.lab;

import org.jspecify.annotations.NullMarked;
