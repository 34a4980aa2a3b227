/** IKEv2 (RFC 7296) for one connection: pure exchanges, and the tables of SAs around them. */
@NullMarked
package dev.torii.ike.v2;

import org.jspecify.annotations.NullMarked;
