package dev.torii.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.esp.SaDatabase;
import dev.torii.ike.Cookie;
import dev.torii.ike.Effect;
import dev.torii.ike.Event;
import dev.torii.ike.Handover;
import dev.torii.ike.Identity;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InstancesTest {
    private final ControlLoop loop = new ControlLoop(bug -> {});
    private final AtomicInteger refused = new AtomicInteger();
    private final Handover exchange = refused::incrementAndGet;
    private final List<FakeMachine> machines = new ArrayList<>();
    private final Instances instances = new Instances(peer -> {
        var machine = new FakeMachine(event ->
                event instanceof Event.TakeOver ? List.of(new Effect.Bound(new Cookie(1))) : List.of(new Effect.Unbound(new Cookie(1))));
        machines.add(machine);
        return new IkeDriver(loop, Conns.named("test"), () -> machine, new SaInstaller(new SaDatabase(), 0, 64, path -> (datagrams, count, trafficClass) -> {}),
                new FakeSurroundings());
    });

    @AfterEach void close() {
        loop.close();
    }

    @Test void eachPeerHasADriverOfItsOwnAndKeepsIt() {
        assertTrue(instances.takeOver(Identity.fqdn("a"), exchange));
        assertTrue(instances.takeOver(Identity.fqdn("b"), exchange));
        assertTrue(instances.takeOver(Identity.fqdn("a"), exchange));
        assertEquals(List.of(2, 1), machines.stream().map(machine -> machine.events.size()).toList());
        assertEquals(2, instances.all().size());
        instances.tidy();
        assertEquals(2, instances.all().size(), "both have an exchange");
    }

    @Test void whoHoldsNothingAnyMoreIsForgotten() {
        instances.takeOver(Identity.fqdn("a"), exchange);
        instances.takeOver(Identity.fqdn("b"), exchange);
        var first = instances.all().getFirst();
        first.stop();
        instances.tidy();
        assertEquals(1, instances.all().size());
        assertFalse(instances.all().contains(first));
    }

    @Test void beyondTheLimitNobodyNewIsTaken() {
        for (int i = 0; i < Instances.MOST; i++) assertTrue(instances.takeOver(Identity.fqdn("peer" + i), exchange));
        assertFalse(instances.takeOver(Identity.fqdn("one more"), exchange));
        assertEquals(1, refused.get());
        assertTrue(instances.takeOver(Identity.fqdn("peer7"), exchange));
    }
}
