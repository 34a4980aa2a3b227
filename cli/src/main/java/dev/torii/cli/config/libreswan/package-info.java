/** Libreswan's ipsec.conf and ipsec.secrets: text, sections with positions, connections. */
@NullMarked
package dev.torii.cli.config.libreswan;

import org.jspecify.annotations.NullMarked;
