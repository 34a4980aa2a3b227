/** What the parts of the packet path cost, measured by JMH: {@code esp/bench/jmh.sh}. */
@NullMarked
package dev.torii.esp.bench;

import org.jspecify.annotations.NullMarked;
