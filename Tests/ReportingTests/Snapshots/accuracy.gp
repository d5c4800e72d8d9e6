# Draw with: gnuplot -e "format='png'" NAME.gp > NAME.png
if (!exists("format")) format = 'svg'
set encoding utf8
if (format eq 'png') \
  set terminal pngcairo size 1600,782 font 'Sans,11' fontscale 1.6 linewidth 1.6 pointscale 1.5 \
    noenhanced
if (format eq 'svg') \
  set terminal svg size 1000,489 dynamic font 'Sans,14' linewidth 1.2 background '#ffffff' \
    noenhanced
# Each row: sparsity, then value, low and high of clean, then of robust accuracy.
$curve0 << EOD
-0.011250 0.912000 0.893000 0.929000 0.021000 0.013000 0.032000
0.488750 0.914000 0.895000 0.931000 0.009000 0.004000 0.017000
0.888750 0.887000 0.866000 0.906000 0.000000 0.000000 0.004000
EOD
$curve1 << EOD
0.000000 0.841000 0.817000 0.863000 0.702000 0.673000 0.730000
0.500000 0.838000 0.814000 0.860000 0.695000 0.665000 0.723000
EOD
$curve2 << EOD
0.011250 0.841000 0.817000 0.863000 0.702000 0.673000 0.730000
0.511250 0.829000 0.804000 0.852000 0.681000 0.651000 0.710000
EOD
set xrange [-0.0540:0.9540]
set yrange [-0.02:1.02]
set ytics 0,0.1,1
set format y '%.1f'
set format x '%.2g'
set grid ytics linecolor rgb '#dddddd' linetype 1
set border 3 linecolor rgb '#444444'
set tics nomirror
set xlabel 'Sparsity achieved'
set tmargin at screen 0.8078
set bmargin at screen 0.1902
unset key
set multiplot
set label 1 'Accuracy against sparsity on fashion-mnist: linf, epsilon 0.1, white-box; suite quick' at screen 0.5,0.9652 center
set label 2 'Bars are 95 % intervals; curves stand a little apart sideways.' at screen 0.5,0.9202 center \
  textcolor rgb '#444444'
set lmargin at screen 0.075
set rmargin at screen 0.485
set title 'Clean accuracy'
plot \
  $curve0 using 1:2:3:4 with yerrorbars pointtype 0 linewidth 1.2 linecolor rgb '#0072b2' notitle, \
  $curve0 using 1:2 with linespoints dashtype 1 linewidth 1.8 pointtype 7 pointsize 0.8 linecolor rgb '#0072b2' title 'standard, magnitude', \
  $curve1 using 1:2:3:4 with yerrorbars pointtype 0 linewidth 1.2 linecolor rgb '#d55e00' notitle, \
  $curve1 using 1:2 with linespoints dashtype 1 linewidth 1.8 pointtype 7 pointsize 0.8 linecolor rgb '#d55e00' title 'pgd, magnitude', \
  $curve2 using 1:2:3:4 with yerrorbars pointtype 0 linewidth 1.2 linecolor rgb '#d55e00' notitle, \
  $curve2 using 1:2 with linespoints dashtype 2 linewidth 1.8 pointtype 5 pointsize 0.8 linecolor rgb '#d55e00' title 'pgd, gradient'
unset label
set key at screen 0.5,0.0654 center top Left reverse maxrows 1 samplen 4 width 2
set lmargin at screen 0.575
set rmargin at screen 0.985
set title 'Robust accuracy'
plot \
  $curve0 using 1:5:6:7 with yerrorbars pointtype 0 linewidth 1.2 linecolor rgb '#0072b2' notitle, \
  $curve0 using 1:5 with linespoints dashtype 1 linewidth 1.8 pointtype 7 pointsize 0.8 linecolor rgb '#0072b2' title 'standard, magnitude', \
  $curve1 using 1:5:6:7 with yerrorbars pointtype 0 linewidth 1.2 linecolor rgb '#d55e00' notitle, \
  $curve1 using 1:5 with linespoints dashtype 1 linewidth 1.8 pointtype 7 pointsize 0.8 linecolor rgb '#d55e00' title 'pgd, magnitude', \
  $curve2 using 1:5:6:7 with yerrorbars pointtype 0 linewidth 1.2 linecolor rgb '#d55e00' notitle, \
  $curve2 using 1:5 with linespoints dashtype 2 linewidth 1.8 pointtype 5 pointsize 0.8 linecolor rgb '#d55e00' title 'pgd, gradient'
unset multiplot
