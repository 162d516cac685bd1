#!/usr/bin/env bash
exec bash "$(dirname "$0")/run_score" hostile --jobs 2
