package dev.torii.ike.sim;

import dev.torii.ike.Authentication;
import dev.torii.ike.DhGroup;
import dev.torii.ike.Encapsulation;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.EspCipher;
import dev.torii.ike.EspProposal;
import dev.torii.ike.Fragmentation;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.Identity;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Lifecycle;
import dev.torii.ike.Retransmission;
import dev.torii.ike.Secret;
import dev.torii.ike.TrafficSelector;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Configurations for tests: the article's tunnel seen from the CPE and from the head end, and a builder for variations. */
public final class Configs {
    public static final IkeProposal IKE = new IkeProposal(EncryptionAlgorithm.AES_CBC, 256, HashAlgorithm.SHA2_384, DhGroup.MODP1536);
    public static final EspProposal ESP = new EspProposal(EspCipher.AES_GCM_16, 256, Optional.empty(), Optional.of(DhGroup.MODP1536));
    public static final EspProposal ESP_WITHOUT_PFS = new EspProposal(EspCipher.AES_GCM_16, 256, Optional.empty(), Optional.empty());

    private String name = "tunnel";
    private IkeVersion version = IkeVersion.V1;
    private Identity local = Identity.ofAddress(IkePair.address("203.0.113.10"));
    private Identity remote = Identity.ofAddress(IkePair.address("198.51.100.11"));
    private Authentication authentication = Authentication.preSharedKey(Secret.ofText("Shared_secret_tunnel1"));
    private List<IkeProposal> ike = List.of(IKE);
    private List<EspProposal> esp = List.of(ESP);
    private List<TrafficSelector> localSelectors = List.of(TrafficSelector.ofPrefix(IkePair.address("192.168.2.0"), 24));
    private List<TrafficSelector> remoteSelectors = List.of(TrafficSelector.ofPrefix(IkePair.address("10.0.2.0"), 24));
    private Duration ikeLifetime = Duration.ofHours(8);
    private Duration childLifetime = Duration.ofHours(1);
    private Encapsulation encapsulation = Encapsulation.AUTO;
    private boolean initiate;
    private Duration dpdDelay = Duration.ofSeconds(10);
    private Duration dpdTimeout = Duration.ofSeconds(30);
    private Fragmentation fragmentation = Fragmentation.STANDARD;
    private Lifecycle lifecycle = Lifecycle.STANDARD;

    public static Configs left() {
        return new Configs().initiate(true).force(true);
    }

    public static Configs right() {
        Configs mirror = new Configs();
        Identity id = mirror.local;
        mirror.local = mirror.remote;
        mirror.remote = id;
        List<TrafficSelector> selectors = mirror.localSelectors;
        mirror.localSelectors = mirror.remoteSelectors;
        mirror.remoteSelectors = selectors;
        return mirror;
    }

    public Configs name(String of) {
        name = of;
        return this;
    }

    public Configs version(IkeVersion spoken) {
        version = spoken;
        return this;
    }

    public Configs local(Identity id) {
        local = id;
        return this;
    }

    public Configs remote(Identity id) {
        remote = id;
        return this;
    }

    public Configs secret(String text) {
        return authentication(Authentication.preSharedKey(Secret.ofText(text)));
    }

    public Configs authentication(Authentication either) {
        authentication = either;
        return this;
    }

    public Configs ike(IkeProposal... proposals) {
        ike = List.of(proposals);
        return this;
    }

    public Configs esp(EspProposal... proposals) {
        esp = List.of(proposals);
        return this;
    }

    public Configs localSelectors(TrafficSelector... selectors) {
        localSelectors = List.of(selectors);
        return this;
    }

    public Configs remoteSelectors(TrafficSelector... selectors) {
        remoteSelectors = List.of(selectors);
        return this;
    }

    public Configs ikeLifetime(Duration lifetime) {
        ikeLifetime = lifetime;
        return this;
    }

    public Configs childLifetime(Duration lifetime) {
        childLifetime = lifetime;
        return this;
    }

    public Configs force(boolean inUdp) {
        return encapsulation(inUdp ? Encapsulation.YES : Encapsulation.AUTO);
    }

    public Configs encapsulation(Encapsulation use) {
        encapsulation = use;
        return this;
    }

    public Configs initiate(boolean start) {
        initiate = start;
        return this;
    }

    public Configs dpdDelay(Duration delay) {
        dpdDelay = delay;
        return this;
    }

    public Configs dpdTimeout(Duration timeout) {
        dpdTimeout = timeout;
        return this;
    }

    public Configs fragmentation(Fragmentation.Use use, int packetBytes) {
        fragmentation = new Fragmentation(use, packetBytes);
        return this;
    }

    public Configs lifecycle(Lifecycle manners) {
        lifecycle = manners;
        return this;
    }

    public IkeConfig build() {
        return new IkeConfig(name, version, local, remote, authentication, ike, esp, localSelectors, remoteSelectors, ikeLifetime, childLifetime,
                Duration.ofMinutes(9), 100, encapsulation, initiate, dpdDelay, dpdTimeout, Retransmission.Policy.STANDARD, fragmentation, lifecycle);
    }
}
