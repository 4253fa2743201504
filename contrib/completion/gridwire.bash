# SPDX-License-Identifier: MIT
# bash completion for gridwire. It asks the program, so it never knows less or more than it.

_gridwire_words() {	# the verbs, or the long options of a verb
	if [ $# -eq 0 ]; then
		gridwire help 2>/dev/null | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p'
	else
		gridwire "$1" --help 2>/dev/null | grep -oE -- '(^|[ ,])--[a-z][a-z0-9-]*' | tr -d ' ,' | sort -u
	fi
}

_gridwire() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} verb=${COMP_WORDS[1]} words=
	if [ "$COMP_CWORD" -eq 1 ] || { [ "$COMP_CWORD" -eq 2 ] && [ "$verb" = help ]; }; then
		words="$(_gridwire_words)"
		[ "$COMP_CWORD" -eq 2 ] || words+=" help"
	elif [[ $cur == -* ]]; then
		words=$(_gridwire_words "$verb")
	elif [ "$COMP_CWORD" -eq 2 ]; then
		case $verb in
		topic) words="list describe create alter delete delete-records";;
		group) words="list describe reset delete delete-offsets";;
		cluster) words="describe features versions configs";;
		txn) words="list describe producers hanging abort";;
		model) words="list show verify compare promote rollback import export";;
		esac
	fi
	case $prev in
	--features) words="classic full";;
	--fsync) words="always batch never";;
	-z | --compression) words="none gzip snappy lz4 zstd";;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	[ ${#COMPREPLY[@]} -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}

complete -o filenames -F _gridwire gridwire
