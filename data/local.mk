# data/local.mk
dist_gwdata_DATA += \
	data/README.md \
	data/games.csv.gz \
	data/play_by_play_2019.csv.gz \
	data/play_by_play_2020.csv.gz \
	data/play_by_play_2021.csv.gz \
	data/play_by_play_2022.csv.gz \
	data/play_by_play_2023.csv.gz \
	data/play_by_play_2024.csv.gz
