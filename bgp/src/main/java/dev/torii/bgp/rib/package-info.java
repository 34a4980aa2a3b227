/** The routing information bases and the decision process (RFC 4271 sections 3.2 and 9). */
@NullMarked
package dev.torii.bgp.rib;

import org.jspecify.annotations.NullMarked;
