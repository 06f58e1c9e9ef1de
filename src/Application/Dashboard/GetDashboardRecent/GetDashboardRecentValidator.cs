using FluentValidation;
using NeuroLab.Application.Common;

namespace NeuroLab.Application.Dashboard;

internal sealed class GetDashboardRecentValidator : AbstractValidator<GetDashboardRecent>
{
    public GetDashboardRecentValidator()
    {
        RuleFor(query => query.Limit).FromTo(1, 50).OverridePropertyName("limit");
        RuleFor(query => query.Days).FromTo(1, 365).OverridePropertyName("days");
    }
}
