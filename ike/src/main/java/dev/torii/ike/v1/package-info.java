/** IKEv1 (RFC 2409): Main Mode, Quick Mode, Informational, as pure machines. */
@NullMarked
package dev.torii.ike.v1;

import org.jspecify.annotations.NullMarked;
