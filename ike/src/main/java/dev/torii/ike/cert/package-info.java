/** Certificates (X.509, RFC 5280, RFC 4945): files, names, whom to trust. No I/O and no clock: bytes and the time of day come in. */
@NullMarked
package dev.torii.ike.cert;

import org.jspecify.annotations.NullMarked;
