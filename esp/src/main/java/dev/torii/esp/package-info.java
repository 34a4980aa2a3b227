/** The Encapsulating Security Payload (RFC 4303) in tunnel mode: sealing, opening, the replay window, and the database of SAs. */
@NullMarked
package dev.torii.esp;

import org.jspecify.annotations.NullMarked;
