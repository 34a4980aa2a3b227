/** What the daemon shows of itself: text in the words and columns of Libreswan and FRR, and the same as JSON. */
@NullMarked
package dev.torii.cli.show;

import org.jspecify.annotations.NullMarked;
