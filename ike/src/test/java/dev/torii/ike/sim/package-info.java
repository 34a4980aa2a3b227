/** Two sessions under virtual time with a seeded bad network between them. Proves consistency, not interoperability. */
@NullMarked
package dev.torii.ike.sim;

import org.jspecify.annotations.NullMarked;
