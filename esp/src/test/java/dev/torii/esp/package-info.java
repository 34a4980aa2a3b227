/** Tests of the packet path: vectors, properties with seeds, and loops between doubles. */
@NullMarked
package dev.torii.esp;

import org.jspecify.annotations.NullMarked;
