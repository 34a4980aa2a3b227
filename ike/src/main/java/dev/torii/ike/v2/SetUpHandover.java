package dev.torii.ike.v2;

import dev.torii.ike.Cookie;
import dev.torii.ike.Handover;
import dev.torii.ike.session.HalfOpens;
import java.util.Optional;

/**
 * A set-up whose IKE_AUTH is for another session.
 *
 * @param own our SPI
 * @param state its keys and what AUTH covers
 * @param request IKE_AUTH
 * @param place among the half-open exchanges of the host
 */
record SetUpHandover(Cookie own, SetUp.State.InitAnswered state, Input.Arrived request, Optional<HalfOpens.Place> place) implements Handover {
    @Override
    public void refuse() {
        place.ifPresent(HalfOpens.Place::free);
        SetUp.erase(state);
    }
}
