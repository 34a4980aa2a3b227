/** BGP messages and their bytes: records, stateless codecs, error outcomes (RFC 4271 sections 4 to 6, RFC 7606). */
@NullMarked
package dev.torii.bgp.wire;

import org.jspecify.annotations.NullMarked;
