package dev.torii.bgp.policy;

/** What an entry of a list or a route map does with what it matches. */
public enum Action { PERMIT, DENY }
