# syntax=docker/dockerfile:1

# Both build for the machine that builds, and once for all: page and program are the same on every processor.
FROM --platform=$BUILDPLATFORM docker.io/library/node:22-bookworm-slim AS page
WORKDIR /source
COPY src/WebApi/Page/build.cjs src/WebApi/Page/
COPY src/WebApi/ClientApp/package.json src/WebApi/ClientApp/package-lock.json src/WebApi/ClientApp/.npmrc src/WebApi/ClientApp/
RUN node src/WebApi/Page/build.cjs --install
COPY src/WebApi/ClientApp/ src/WebApi/ClientApp/
RUN node src/WebApi/Page/build.cjs /page

FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source

# What packages are restored from comes first: as long as it stays the same, the packages are not fetched again.
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/Domain/Domain.csproj src/Domain/packages.lock.json src/Domain/
COPY src/Application/Application.csproj src/Application/packages.lock.json src/Application/
COPY src/Infrastructure/Infrastructure.csproj src/Infrastructure/packages.lock.json src/Infrastructure/
COPY src/WebApi/WebApi.csproj src/WebApi/packages.lock.json src/WebApi/
COPY src/WebApi/Page/Page.targets src/WebApi/Page/
RUN dotnet restore src/WebApi/WebApi.csproj --locked-mode

COPY src/ src/
RUN dotnet publish src/WebApi/WebApi.csproj --configuration Release --no-restore --output /app -p:UseAppHost=false -p:SkipClientApp=true
RUN mkdir --parents /owned/data

# No shell, no package manager, and an account that is not root.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /app
COPY --from=build /app/ ./
COPY --from=page /page/ ./page/
COPY --from=build --chown=$APP_UID:$APP_UID /owned/ /

# The base image names a port of its own, which would be a second place to listen. Diagnostics need a file system that can be written.
ENV ASPNETCORE_HTTP_PORTS= \
    ASPNETCORE_URLS=http://+:5080 \
    DATA_DIR=/data \
    DOTNET_EnableDiagnostics=0
USER $APP_UID
VOLUME ["/data"]
EXPOSE 5080
STOPSIGNAL SIGTERM

# Whether the process answers: a database that is away must not have the container replaced, which would lose what is cached. Balancers ask /health/ready.
HEALTHCHECK --interval=30s --timeout=6s --start-period=60s --retries=3 CMD ["dotnet", "/app/NeuroLab.WebApi.dll", "health", "--live"]
ENTRYPOINT ["dotnet", "/app/NeuroLab.WebApi.dll"]
