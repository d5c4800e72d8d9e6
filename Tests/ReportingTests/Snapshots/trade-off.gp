# Draw with: gnuplot -e "format='png'" NAME.gp > NAME.png
if (!exists("format")) format = 'svg'
set encoding utf8
if (format eq 'png') \
  set terminal pngcairo size 1600,814 font 'Sans,11' fontscale 1.6 linewidth 1.6 pointscale 1.5 \
    noenhanced
if (format eq 'svg') \
  set terminal svg size 1000,509 dynamic font 'Sans,14' linewidth 1.2 background '#ffffff' \
    noenhanced
# Each row: packed KiB, milliseconds, then robust accuracy with the ends of its interval.
$series0 << EOD
1700.750000 0.412000 0.021000 0.013000 0.032000
EOD
$series1 << EOD
877.230469 0.412000 0.009000 0.004000 0.017000
218.414062 0.412000 0.000000 0.000000 0.004000
EOD
$series2 << EOD
1700.750000 0.412000 0.702000 0.673000 0.730000
EOD
$series3 << EOD
877.230469 0.412000 0.695000 0.665000 0.723000
EOD
$series4 << EOD
877.230469 0.412000 0.681000 0.651000 0.710000
EOD
$frontBytes << EOD
218.414062 0.000000
877.230469 0.695000
1700.750000 0.702000
EOD
$frontLatency << EOD
0.412000 0.702000
EOD
set yrange [-0.02:1.02]
set ytics 0,0.1,1
set format y '%.1f'
set grid linecolor rgb '#dddddd' linetype 1
set border 3 linecolor rgb '#444444'
set tics nomirror
set offsets graph 0.04, graph 0.04, 0, 0
set tmargin at screen 0.8153
set bmargin at screen 0.2220
unset key
set multiplot
set label 1 'Robust accuracy against size and latency on fashion-mnist: linf, epsilon 0.1, white-box; suite quick' at screen 0.5,0.9666 center
set label 2 'Bars are 95 % intervals; the dashed line joins what no other model beats.' at screen 0.5,0.9234 center \
  textcolor rgb '#444444'
set lmargin at screen 0.075
set rmargin at screen 0.485
set xlabel 'Packed size (KiB)'
plot \
  $frontBytes using 1:2 with lines dashtype 2 linewidth 1.2 linecolor rgb '#888888' notitle, \
  $series0 using 1:3:4:5 with yerrorbars pointtype 0 linewidth 1.2 linecolor rgb '#0072b2' notitle, \
  $series0 using 1:3 with points pointtype 7 pointsize 0.9 linecolor rgb '#0072b2' title 'standard, none', \
  $series1 using 1:3:4:5 with yerrorbars pointtype 0 linewidth 1.2 linecolor rgb '#0072b2' notitle, \
  $series1 using 1:3 with points pointtype 5 pointsize 0.9 linecolor rgb '#0072b2' title 'standard, magnitude', \
  $series2 using 1:3:4:5 with yerrorbars pointtype 0 linewidth 1.2 linecolor rgb '#d55e00' notitle, \
  $series2 using 1:3 with points pointtype 7 pointsize 0.9 linecolor rgb '#d55e00' title 'pgd, none', \
  $series3 using 1:3:4:5 with yerrorbars pointtype 0 linewidth 1.2 linecolor rgb '#d55e00' notitle, \
  $series3 using 1:3 with points pointtype 5 pointsize 0.9 linecolor rgb '#d55e00' title 'pgd, magnitude', \
  $series4 using 1:3:4:5 with yerrorbars pointtype 0 linewidth 1.2 linecolor rgb '#d55e00' notitle, \
  $series4 using 1:3 with points pointtype 9 pointsize 0.9 linecolor rgb '#d55e00' title 'pgd, gradient'
unset label
set key at screen 0.5,0.1022 center top Left reverse maxrows 2 samplen 2 width 2
set lmargin at screen 0.575
set rmargin at screen 0.970
set xlabel 'Latency of one example (ms)'
plot \
  $frontLatency using 1:2 with lines dashtype 2 linewidth 1.2 linecolor rgb '#888888' notitle, \
  $series0 using 2:3:4:5 with yerrorbars pointtype 0 linewidth 1.2 linecolor rgb '#0072b2' notitle, \
  $series0 using 2:3 with points pointtype 7 pointsize 0.9 linecolor rgb '#0072b2' title 'standard, none', \
  $series1 using 2:3:4:5 with yerrorbars pointtype 0 linewidth 1.2 linecolor rgb '#0072b2' notitle, \
  $series1 using 2:3 with points pointtype 5 pointsize 0.9 linecolor rgb '#0072b2' title 'standard, magnitude', \
  $series2 using 2:3:4:5 with yerrorbars pointtype 0 linewidth 1.2 linecolor rgb '#d55e00' notitle, \
  $series2 using 2:3 with points pointtype 7 pointsize 0.9 linecolor rgb '#d55e00' title 'pgd, none', \
  $series3 using 2:3:4:5 with yerrorbars pointtype 0 linewidth 1.2 linecolor rgb '#d55e00' notitle, \
  $series3 using 2:3 with points pointtype 5 pointsize 0.9 linecolor rgb '#d55e00' title 'pgd, magnitude', \
  $series4 using 2:3:4:5 with yerrorbars pointtype 0 linewidth 1.2 linecolor rgb '#d55e00' notitle, \
  $series4 using 2:3 with points pointtype 9 pointsize 0.9 linecolor rgb '#d55e00' title 'pgd, gradient'
unset multiplot
