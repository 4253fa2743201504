# man/local.mk - mdoc, installed as it is.
dist_man_MANS += man/gridwire.1 man/gridwire.3
