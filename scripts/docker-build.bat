@echo off
rem Build the images whose content has changed, through WSL: scripts\docker-build.bat [what scripts/docker-build.sh takes]
setlocal
call "%~dp0lib\wsl.bat" docker
if not "%errorlevel%"=="0" exit /b 1
wsl.exe --cd "%~dp0.." --exec bash --login scripts/docker-build.sh %*
exit /b %errorlevel%
