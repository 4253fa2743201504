# tests/ml/local.mk
check_PROGRAMS += tests/ml/check_ml
tests_ml_check_ml_SOURCES = \
	tests/ml/check_bootstrap.c \
	tests/ml/check_drift.c \
	tests/ml/check_foreign.c \
	tests/ml/check_gbdt.c \
	tests/ml/check_linear.c \
	tests/ml/check_logistic.c \
	tests/ml/check_matrix.c \
	tests/ml/check_metrics.c \
	tests/ml/check_model.c \
	tests/ml/check_model_file.c \
	tests/ml/check_nomem.c \
	tests/ml/check_registry.c \
	tests/ml/check_scaler.c \
	tests/ml/check_sequential.c \
	tests/ml/check_td_logistic.c \
	tests/ml/check_tree.c \
	tests/ml/main.c \
	tests/ml/sample.c \
	tests/ml/sample.h \
	tests/ml/suites.h \
	tests/support/fail_alloc.c \
	tests/support/fail_alloc.h \
	tests/support/files.c \
	tests/support/files.h \
	tests/support/mem_fs.c \
	tests/support/mem_fs.h
tests_ml_check_ml_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_ml_check_ml_LDADD = src/ml/libgwml.a src/base/libgwbase.a $(CHECK_LIBS) $(LIBS)
