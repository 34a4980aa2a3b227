/** Which tunnels still lead to their peers: pure machines, without clock, thread or log. */
@NullMarked
package dev.torii.cli.fate;

import org.jspecify.annotations.NullMarked;
