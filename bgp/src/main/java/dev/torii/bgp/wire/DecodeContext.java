package dev.torii.bgp.wire;

/**
 * What the meaning of an UPDATE's bytes depends on.
 *
 * @param fourOctetAs both sides announced the capability (RFC 6793): AS numbers in AS_PATH and AGGREGATOR have four octets
 * @param external    an eBGP session
 */
public record DecodeContext(boolean fourOctetAs, boolean external) {}
