dnl SPDX-License-Identifier: MIT
dnl
dnl The few checks that configure.ac needs and Autoconf lacks.

dnl GW_APPEND_FLAG(VARIABLE, FLAG): append FLAG if the compiler takes it without a word.
AC_DEFUN([GW_APPEND_FLAG], [
	AS_VAR_PUSHDEF([cache], [gw_cv_cflag_$2])
	AC_CACHE_CHECK([whether $CC takes $2], [cache], [
		gw_saved_CFLAGS=$CFLAGS
		CFLAGS="$CFLAGS -Werror $2"
		AC_COMPILE_IFELSE([AC_LANG_PROGRAM()], [AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])
		CFLAGS=$gw_saved_CFLAGS])
	AS_VAR_IF([cache], [yes], [$1="$$1 $2"])
	AS_VAR_POPDEF([cache])
])

dnl GW_TRY_LINK(FLAGS, LIBRARIES, PROGRAM, ELSE): link with both, or do ELSE.
AC_DEFUN([GW_TRY_LINK], [
	gw_saved_CFLAGS=$CFLAGS gw_saved_LIBS=$LIBS
	CFLAGS="$CFLAGS $1" LIBS="$2 $LIBS"
	AC_LINK_IFELSE([$3], [gw_linked=yes], [gw_linked=no])
	CFLAGS=$gw_saved_CFLAGS LIBS=$gw_saved_LIBS
	AS_IF([test "$gw_linked" = no], [$4])
])

dnl GW_SANITIZER(LIST): SAN_FLAGS for compiling and linking.
AC_DEFUN([GW_SANITIZER], [
	SAN_FLAGS=
	AS_CASE([$1], [no|''], [], [yes], [AC_MSG_ERROR([--with-sanitizer needs a list, e.g. address,undefined])], [
		SAN_FLAGS="-fsanitize=$1 -fno-sanitize-recover=all -fno-omit-frame-pointer"
		AC_MSG_CHECKING([whether $CC links with -fsanitize=$1])
		GW_TRY_LINK([$SAN_FLAGS], [], [AC_LANG_PROGRAM()], [
			AC_MSG_RESULT([no])
			AC_MSG_ERROR([the compiler's run-time library for it is missing (with clang: compiler-rt or libclang-rt-dev)])])
		AC_MSG_RESULT([yes])])
	AC_SUBST([SAN_FLAGS])
	AM_CONDITIONAL([SANITIZED], [test -n "$SAN_FLAGS"])
])

dnl GW_FUZZING(yes|no): FUZZ_CFLAGS for everything that is fuzzed, FUZZ_LDFLAGS for the fuzzers.
AC_DEFUN([GW_FUZZING], [
	FUZZ_CFLAGS= FUZZ_LDFLAGS=
	AS_IF([test "$1" = yes], [
		FUZZ_CFLAGS=-fsanitize=fuzzer-no-link
		FUZZ_LDFLAGS=-fsanitize=fuzzer
		AC_MSG_CHECKING([whether $CC has libFuzzer])
		GW_TRY_LINK([$FUZZ_LDFLAGS], [], [AC_LANG_SOURCE([
			#include <stddef.h>
			#include <stdint.h>
			int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) { return p != 0 && n == 1 ? 0 : 0; }])], [
			AC_MSG_RESULT([no])
			AC_MSG_ERROR([--enable-fuzzing needs CC=clang and its run-time library])])
		AC_MSG_RESULT([yes])])
	AC_SUBST([FUZZ_CFLAGS])
	AC_SUBST([FUZZ_LDFLAGS])
	AM_CONDITIONAL([FUZZING], [test "$1" = yes])
])

dnl GW_STATIC_BINARIES(yes|no): STATIC_LDFLAGS for the installed program.
AC_DEFUN([GW_STATIC_BINARIES], [
	STATIC_LDFLAGS=
	AS_IF([test "$1" = yes], [
		STATIC_LDFLAGS="-static -Wl,--gc-sections"
		AS_IF([test -n "$SAN_FLAGS"], [AC_MSG_ERROR([sanitizers cannot be linked statically; leave out one of the switches])])
		AC_MSG_CHECKING([whether static programs link])
		GW_TRY_LINK([-static], [], [AC_LANG_PROGRAM([[#include <zlib.h>]], [[return zlibVersion()[0] == 0;]])], [
			AC_MSG_RESULT([no])
			AC_MSG_ERROR([static libc or zlib is missing (Fedora: glibc-static zlib-static; Alpine: zlib-static)])])
		AC_MSG_RESULT([yes])])
	AC_SUBST([STATIC_LDFLAGS])
])
