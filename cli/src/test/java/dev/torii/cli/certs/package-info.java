/** Certificates for tests. */
@NullMarked
package dev.torii.cli.certs;

import org.jspecify.annotations.NullMarked;
