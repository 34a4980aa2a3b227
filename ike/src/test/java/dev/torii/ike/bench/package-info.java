/** Set-ups a second: the load of {@code ike/bench/setups.sh}. Run by hand, not by the build. */
@NullMarked
package dev.torii.ike.bench;

import org.jspecify.annotations.NullMarked;
