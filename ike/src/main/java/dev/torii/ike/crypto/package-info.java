/** The production side of the {@link dev.torii.ike.IkeCrypto} port. */
@NullMarked
package dev.torii.ike.crypto;

import org.jspecify.annotations.NullMarked;
