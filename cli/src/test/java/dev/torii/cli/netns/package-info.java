/** The packaged daemon in network namespaces, against peers we did not write. Needs root; see {@link NamespaceTest}. */
@NullMarked
package dev.torii.cli.netns;

import org.jspecify.annotations.NullMarked;
