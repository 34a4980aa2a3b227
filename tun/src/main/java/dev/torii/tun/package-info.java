/** Linux TUN devices, rtnetlink and batched datagrams: what the Java library lacks, through JNA. */
@NullMarked
package dev.torii.tun;

import org.jspecify.annotations.NullMarked;
