# cmake -DINPUT=page.css -DNAME=page_css -DOUTPUT=page_css.cpp -P EmbedText.cmake: a text file as a C++ constant,
# spinechron::report::embedded::NAME. In pieces, since compilers limit one literal.
file(READ "${INPUT}" text)
string(LENGTH "${text}" length)
set(literals "")
set(at 0)
while(at LESS length)
  string(SUBSTRING "${text}" ${at} 8000 piece)
  string(APPEND literals "R\"embedded(${piece})embedded\"\n")
  math(EXPR at "${at} + 8000")
endwhile()
file(WRITE "${OUTPUT}"
  "#include <string_view>\nnamespace spinechron::report::embedded {\n"
  "extern const std::string_view ${NAME};\nconst std::string_view ${NAME} =\n${literals};\n}\n")
