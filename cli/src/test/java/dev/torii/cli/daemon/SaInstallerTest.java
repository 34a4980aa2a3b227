package dev.torii.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.esp.DatagramSink;
import dev.torii.esp.SaDatabase;
import dev.torii.ike.ChildSa;
import dev.torii.ike.EspCipher;
import dev.torii.ike.EspProposal;
import dev.torii.ike.IntegrityAlgorithm;
import dev.torii.ike.Path;
import dev.torii.ike.Secret;
import dev.torii.ike.Spi;
import dev.torii.ike.TrafficSelector;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SaInstallerTest {
    private static final DatagramSink NOWHERE = (datagrams, count, trafficClass) -> {};

    private final SaDatabase sad = new SaDatabase();
    private final List<Path> paths = new ArrayList<>();
    private final SaInstaller installer = new SaInstaller(sad, 3, 64, path -> {
        paths.add(path);
        return NOWHERE;
    });

    private static Path path(String remote) {
        return new Path(new InetSocketAddress("10.0.0.10", 4500), new InetSocketAddress(remote, 4500));
    }

    private static ChildSa child(int spi, int keyBits) {
        var suite = new EspProposal(EspCipher.AES_GCM_16, keyBits, Optional.empty(), Optional.empty());
        var key = Secret.copyOf(new byte[keyBits / 8 + 4]);
        return new ChildSa(new Spi(spi), new Spi(spi + 1), suite, key, key, List.of(Conns.ALL), List.of(Conns.ALL), path("203.0.113.11"), true, true);
    }

    private List<Integer> inbound() {
        return sad.inbound(3).stream().map(sa -> sa.spi()).toList();
    }

    private List<Integer> outbound() {
        return sad.outbound(3).stream().map(sa -> sa.spi()).toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 192, 256})
    void eachDirectionIsInstalledByItself(int keyBits) {
        installer.installInbound(child(0x100, keyBits));
        assertEquals(List.of(0x100), inbound());
        assertEquals(List.of(), outbound());
        installer.installOutbound(child(0x100, keyBits));
        assertEquals(List.of(0x101), outbound());
        assertEquals(List.of(path("203.0.113.11")), paths);
    }

    @ParameterizedTest
    @EnumSource(EspCipher.class)
    void everyCipherIsInstalled(EspCipher cipher) {
        var integrity = cipher.combined() ? Optional.<IntegrityAlgorithm>empty() : Optional.of(IntegrityAlgorithm.HMAC_SHA2_256_128);
        int[] sizes = cipher.variableKey() ? new int[] {128, 192, 256} : new int[] {256};
        for (int keyBits : sizes) {
            var suite = new EspProposal(cipher, keyBits, integrity, Optional.empty());
            var key = Secret.copyOf(new byte[suite.keyMaterialBytes()]);
            installer.installInbound(new ChildSa(new Spi(0x1000 + keyBits), new Spi(0x2000), suite, key, key, List.of(Conns.ALL), List.of(Conns.ALL),
                    path("203.0.113.11"), true, true));
        }
        assertEquals(sizes.length, inbound().size());
    }

    @ParameterizedTest
    @EnumSource(IntegrityAlgorithm.class)
    void everyCombinationOfCbcAndHmacIsInstalled(IntegrityAlgorithm integrity) {
        for (int keyBits : new int[] {128, 192, 256}) {
            var suite = new EspProposal(EspCipher.AES_CBC, keyBits, Optional.of(integrity), Optional.empty());
            var key = Secret.copyOf(new byte[suite.keyMaterialBytes()]);
            installer.installInbound(new ChildSa(new Spi(0x1000 + keyBits), new Spi(0x2000), suite, key, key, List.of(Conns.ALL), List.of(Conns.ALL),
                    path("203.0.113.11"), true, true));
        }
        assertEquals(List.of(0x1000 + 256, 0x1000 + 192, 0x1000 + 128), inbound().stream().sorted(Comparator.reverseOrder()).toList());
    }

    @Test void selectorsOfOneFamilyGoTogether() throws UnknownHostException {
        var v4 = TrafficSelector.ofPrefix(InetAddress.getByName("192.168.2.0"), 24);
        var v6 = TrafficSelector.ofPrefix(InetAddress.getByName("2001:db8:2::"), 64);
        assertEquals("[192.168.2.0/24 === 192.168.2.0/24, 2001:db8:2:0:0:0:0:0/64 === 2001:db8:2:0:0:0:0:0/64]",
                SaInstaller.selectors(List.of(v4, v6), List.of(v4, v6)).toString());
    }

    @Test void removingOneLeavesTheOther() {
        for (int spi : new int[] {0x100, 0x200}) {
            installer.installInbound(child(spi, 256));
            installer.installOutbound(child(spi, 256));
        }
        installer.remove(child(0x100, 256));
        assertEquals(List.of(0x200), inbound());
        assertEquals(List.of(0x201), outbound());
        installer.remove(child(0x100, 256));
        installer.removeAll();
        assertEquals(0, inbound().size() + outbound().size());
    }

    @Test void aPeerThatMovedIsSentToAtItsNewAddress() {
        installer.installOutbound(child(0x100, 256));
        installer.moved(path("198.51.100.7"));
        assertEquals(path("198.51.100.7"), paths.getLast());
    }

    @Test void ofTwoPeersOfOneTunnelEachHasItsOwn() {
        var other = new SaInstaller(sad, 3, 64, path -> (datagrams, count, trafficClass) -> {});
        var first = child(0x100, 256);
        var second = new ChildSa(new Spi(0x200), first.outbound(), first.suite(), first.inboundKey(), first.outboundKey(), first.local(), first.remote(),
                first.path(), true, true);
        installer.installInbound(first);
        installer.installOutbound(first);
        other.installInbound(second);
        other.installOutbound(second);
        int before = paths.size();
        other.moved(path("198.51.100.7"));
        assertEquals(before, paths.size());
        other.remove(second);
        assertEquals(List.of(0x100), inbound());
        assertEquals(List.of(0x101), outbound(), "the same SPI, which a peer chooses");
        other.removeAll();
        assertEquals(List.of(0x100), inbound());
    }

    @Test void whatIsNotInUdpGoesItsOwnWayAlsoWhenThePeerMoves() {
        var plain = new ArrayList<Path>();
        var ways = new SaInstaller.Sinks() {
            @Override public DatagramSink inUdp(Path path) {
                throw new AssertionError(path);
            }

            @Override public Optional<DatagramSink> outsideUdp(Path path) {
                plain.add(path);
                return Optional.of(NOWHERE);
            }
        };
        var inUdp = child(0x100, 256);
        var outside = new ChildSa(inUdp.inbound(), inUdp.outbound(), inUdp.suite(), inUdp.inboundKey(), inUdp.outboundKey(), inUdp.local(), inUdp.remote(),
                inUdp.path(), false, true);
        assertFalse(installer.canSend(outside));
        assertTrue(installer.canSend(inUdp));
        var both = new SaInstaller(sad, 3, 64, ways);
        assertTrue(both.canSend(outside));
        both.installOutbound(outside);
        both.moved(path("198.51.100.7"));
        assertEquals(path("198.51.100.7"), plain.getLast());
    }

    @Test void theKeysOfAChildAreItsOwnersToErase() {
        var child = child(0x100, 256);
        installer.installInbound(child);
        child.inboundKey().erase();
        assertThrows(IllegalStateException.class, () -> installer.installInbound(child));
        assertEquals(List.of(0x100), inbound());
    }
}
