/** The one table in which connected, kernel, static, tunnel and BGP routes meet, and its way into the kernel. */
@NullMarked
package dev.torii.cli.rib;

import org.jspecify.annotations.NullMarked;
