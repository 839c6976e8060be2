/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_COMBINE_TRUST_H
#define NIGHTCAST_FORECAST_COMBINE_TRUST_H

#include "forecast/combine/knowledge.h"
#include "forecast/combine/look.h"

/*
 * How far a series trusts its candidates: by the errors of their forecasts of
 * its last horizon values (fewer, if that leaves less than two seasons), made
 * from those before (and from what is common without the last values of any
 * series).  The series has no missing values.
 *
 *   fit      the members fitted to the whole series: what they chose is kept
 *            for the shorter one, where only their estimates are new
 *   view     of the series that was fitted: what was mended in it, or lies
 *            behind a break that is not over, is not compared with
 *   request  with the horizon
 *   trust    FC_AUTO_TRUSTS values: FC_AUTO_MEMBERS factors for the weights,
 *            with geometric mean 1: a power of the inverse of the mean absolute
 *            errors, to which a part of the mean change from season to season
 *            is added (after Bates & Granger 1969, The combination of
 *            forecasts, section 2).  All 1 for a series that is too short or
 *            does not vary.  But 0 for those that learn over all series where
 *            most of the last season lies before a break that is not over; and
 *            with several seasons and dates these, which are told the calendar,
 *            have the more of it the further ahead and the more was seen.
 *            Behind them the share of what knows all seasons, by its errors
 *            against those of the members under fixed weights and that trust,
 *            by how far ahead it is and how many cycles were seen; by these
 *            alone when there are no errors; beside members that are told the
 *            calendar by its errors alone.  Then its share of the widths: the
 *            same; beside those, by these alone
 *            Then the mean of the sizes in ratio; 0 when nothing is known
 *   ratio    as many values as the request's horizon: errors, over the widths,
 *            of the candidates under fixed weights and that trust; NaN: not
 *            known.  Or NULL
 */
struct fc_auto_tried {
    double *trust, *ratio;
};

enum fc_status fc_auto_trust(const struct fc_fit *fit,
                             const struct fc_auto_view *view,
                             const struct fc_request *request,
                             const struct fc_auto_common *held_back,
                             struct fc_workspace *ws,
                             struct fc_auto_tried tried);

#endif
