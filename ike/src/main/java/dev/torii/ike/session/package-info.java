/** What both versions of IKE need to run a session: the outbox of effects and armed timers, names, chance. */
@NullMarked
package dev.torii.ike.session;

import org.jspecify.annotations.NullMarked;
