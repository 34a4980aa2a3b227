package dev.torii.ike.v1;

import dev.torii.ike.Cookie;
import dev.torii.ike.Handover;
import dev.torii.ike.session.HalfOpens;
import java.util.Optional;

/**
 * A Main Mode whose message 5 is for another session.
 *
 * @param own our cookie
 * @param state its keys
 * @param request message 5
 * @param place among the half-open exchanges of the host
 */
record MainModeHandover(Cookie own, MainMode.State.KeAnswered state, Input.Arrived request, Optional<HalfOpens.Place> place) implements Handover {
    @Override
    public void refuse() {
        place.ifPresent(HalfOpens.Place::free);
        state.secrets().keys().erase();
    }
}
