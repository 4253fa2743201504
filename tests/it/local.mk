# tests/it/local.mk - the whole program, from outside.
dist_check_SCRIPTS += \
	tests/it/admin.sh \
	tests/it/analyst.sh \
	tests/it/crash.sh \
	tests/it/demo.sh \
	tests/it/kcat.sh \
	tests/it/model.sh \
	tests/it/pipeline.sh \
	tests/it/verbs.sh
EXTRA_DIST += tests/it/lib.sh tests/support/tap.sh
