/** Border Gateway Protocol 4 (RFC 4271): the finite state machine of a peer and the speaker that owns the routing tables. */
@NullMarked
package dev.torii.bgp;

import org.jspecify.annotations.NullMarked;
