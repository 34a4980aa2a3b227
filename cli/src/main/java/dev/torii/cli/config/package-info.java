/** The configuration: Libreswan's and FRR's own files below one root, checked as a whole and turned into records. Pure but for reading the files. */
@NullMarked
package dev.torii.cli.config;

import org.jspecify.annotations.NullMarked;
