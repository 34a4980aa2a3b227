package dev.torii.ike.sim;

import dev.torii.ike.Event;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Timer;
import java.time.Duration;

/** What may happen to a tunnel. The same for both versions of IKE. */
enum Scenario {
    /** The left side begins, in a bad network. */
    SET_UP(Kind.SET_UP) {
        @Override
        void act(Simulation run) {
            run.pair().left().start();
        }
    },
    /** Both sides begin within 50 ms. */
    BOTH_BEGIN(Kind.SET_UP) {
        @Override
        void act(Simulation run) {
            run.first().start();
            run.waitUpTo(Duration.ofMillis(50));
            run.second().start();
        }
    },
    CHILD_REKEY_BY_THE_INITIATOR(Kind.SEAMLESS) {
        @Override
        void act(Simulation run) {
            child(run.pair().left());
        }
    },
    CHILD_REKEY_BY_THE_RESPONDER(Kind.SEAMLESS) {
        @Override
        void act(Simulation run) {
            child(run.pair().right());
        }
    },
    IKE_REKEY_BY_THE_INITIATOR(Kind.SEAMLESS) {
        @Override
        void act(Simulation run) {
            ike(run.pair().left());
        }
    },
    IKE_REKEY_BY_THE_RESPONDER(Kind.SEAMLESS) {
        @Override
        void act(Simulation run) {
            ike(run.pair().right());
        }
    },
    CHILD_AGAINST_CHILD(Kind.SEAMLESS) {
        @Override
        void act(Simulation run) {
            child(run.first());
            run.waitUpTo(TOGETHER);
            child(run.second());
        }
    },
    IKE_AGAINST_IKE(Kind.SEAMLESS) {
        @Override
        void act(Simulation run) {
            ike(run.first());
            run.waitUpTo(TOGETHER);
            ike(run.second());
        }
    },
    /** One side renews its child, then or before the other one the IKE SA. */
    CHILD_AGAINST_IKE(Kind.SEAMLESS) {
        @Override
        void act(Simulation run) {
            if (run.seed() % 4 < 2) {
                child(run.first());
                run.waitUpTo(TOGETHER);
                ike(run.second());
            } else {
                ike(run.first());
                run.waitUpTo(TOGETHER);
                child(run.second());
            }
        }
    },
    /** One side renews what the other deletes at that moment, because its lifetime has ended there. */
    REKEY_AGAINST_DELETE(Kind.INTERRUPTED) {
        @Override
        void act(Simulation run) {
            boolean child = run.seed() % 4 < 2;
            boolean deleteFirst = run.seed() % 8 < 4;
            if (deleteFirst) {
                run.second().fire(child ? Timer.Kind.CHILD_EXPIRE : Timer.Kind.IKE_EXPIRE);
                run.waitUpTo(TOGETHER);
            }
            run.first().fire(child ? Timer.Kind.CHILD_REKEY : Timer.Kind.IKE_REKEY);
            if (!deleteFirst) {
                run.waitUpTo(TOGETHER);
                run.second().fire(child ? Timer.Kind.CHILD_EXPIRE : Timer.Kind.IKE_EXPIRE);
            }
        }
    },
    /** One side dies and comes back with nothing. */
    PEER_RESTART(Kind.INTERRUPTED) {
        @Override
        void act(Simulation run) {
            run.reboot(run.first());
            run.waitUpTo(Duration.ofSeconds(5));
            if (run.first() == run.pair().left()) {
                run.pair().left().start();
            }
        }
    },
    /** A side is stopped during set-up or a renewal; nothing must stay. */
    STOP_WHILE_NEGOTIATING(Kind.STOPPED) {
        @Override
        void act(Simulation run) {
            run.pair().left().start();
            run.waitUpTo(Duration.ofSeconds(3));
            run.pair().left().fire(run.seed() % 4 < 2 ? Timer.Kind.CHILD_REKEY : Timer.Kind.IKE_REKEY);
            run.waitUpTo(TOGETHER);
            run.first().stop();
            if (run.first() != run.pair().left()) {
                run.waitUpTo(TOGETHER);
                run.pair().left().stop();           // else it would begin again, as it should
            }
        }
    };

    private static final Duration TOGETHER = Duration.ofMillis(300);

    private final Kind kind;

    Scenario(Kind kind) {
        this.kind = kind;
    }

    /** What it does to the tunnel. */
    enum Kind {
        /** It begins without one and must end with one. */
        SET_UP,
        /** It begins with one, and not one packet may be lost. */
        SEAMLESS,
        /** It begins with one, interrupts it and must end with one. */
        INTERRUPTED,
        /** It ends without one. */
        STOPPED
    }

    Kind kind() {
        return kind;
    }

    /** Lets it happen. */
    abstract void act(Simulation run);

    /** Whether the right side begins by itself, too. In IKEv1 only such a side replaces an IKE SA that the other one began. */
    boolean rightInitiates(IkeVersion version) {
        return this == BOTH_BEGIN || version == IkeVersion.V1 && (this == IKE_REKEY_BY_THE_RESPONDER || this == IKE_AGAINST_IKE || this == CHILD_AGAINST_IKE);
    }

    /** Whether both sides may begin the same thing at once: with IKEv1 both results stay until the newer one is renewed. */
    boolean beginsTwiceAtOnce() {
        return this == BOTH_BEGIN || this == CHILD_AGAINST_CHILD || this == IKE_AGAINST_IKE || this == REKEY_AGAINST_DELETE;
    }

    /** Whether a new child is there in the end. */
    boolean renewsChild() {
        return this == CHILD_REKEY_BY_THE_INITIATOR || this == CHILD_REKEY_BY_THE_RESPONDER || this == CHILD_AGAINST_CHILD || this == CHILD_AGAINST_IKE;
    }

    private static void child(Endpoint side) {
        side.step(new Event.RekeyChild(side.sending().orElseThrow().inbound()));
    }

    private static void ike(Endpoint side) {
        side.fire(Timer.Kind.IKE_REKEY);
    }
}
