/** ISAKMP messages (RFC 2408): records for the model, stateless codecs for the bytes. */
@NullMarked
package dev.torii.ike.wire;

import org.jspecify.annotations.NullMarked;
