/** Internet Key Exchange: one peer's negotiation as a deterministic machine. */
@NullMarked
package dev.torii.ike;

import org.jspecify.annotations.NullMarked;
