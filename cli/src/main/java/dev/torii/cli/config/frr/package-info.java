/** FRR's daemons, frr.conf, bgpd.conf, staticd.conf and zebra.conf: words with positions, a grammar of commands, the routing that they mean. */
@NullMarked
package dev.torii.cli.config.frr;

import org.jspecify.annotations.NullMarked;
