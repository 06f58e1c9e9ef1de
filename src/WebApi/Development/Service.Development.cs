using NeuroLab.Infrastructure.Development;
using NeuroLab.WebApi.Development;

namespace NeuroLab.WebApi;

/// <content>What builds for development have more, where the environment is Development as well. The folders of this name are left out of all others.</content>
internal static partial class Service
{
    static partial void AddDevelopment(IServiceCollection services, IHostEnvironment environment)
    {
        if (environment.IsDevelopment())
        {
            services.AddFaultSwitches();
        }
    }

    static partial void MapDevelopment(WebApplication app, ref bool hasFaultSwitches)
    {
        if (app.Environment.IsDevelopment())
        {
            app.MapFaults();
            hasFaultSwitches = true;
        }
    }
}
