/** Prefix lists and route maps with FRR's meaning. */
@NullMarked
package dev.torii.bgp.policy;

import org.jspecify.annotations.NullMarked;
