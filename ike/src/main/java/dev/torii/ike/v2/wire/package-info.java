/** IKEv2 messages (RFC 7296, section 3): records for the model, stateless codecs for the bytes. */
@NullMarked
package dev.torii.ike.v2.wire;

import org.jspecify.annotations.NullMarked;
